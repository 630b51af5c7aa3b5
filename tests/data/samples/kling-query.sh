curl --request GET \
  --url https://api-singapore.klingai.com/v1/images/multi-image2image/{id} \
  --header 'Authorization: Bearer <token>'
